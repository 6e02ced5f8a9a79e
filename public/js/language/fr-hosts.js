// @ts-check
/** The sentences about who holds a class: co-hosts, substitutes, a teacher who is away. In French. */

/** @type {Record<string, string>} */
export const frHosts = {
  "cohost.name": "Nommer coanimateur",
  "cohost.name_title": "Nommer {name} coanimateur de cette séance ?",
  "cohost.meaning":
    "Dans cette séance, un coanimateur peut faire ce que vous pouvez faire : la commencer et la terminer, annoncer, approuver " +
    "et répondre, mettre en sourdine, retirer et exclure. Il ne nomme personne. Cela peut être repris à tout moment.",
  "cohost.end": "Retirer le rôle de coanimateur",
  "cohost.substitute": "Nommer un remplaçant",
  "cohost.search": "Nom",
  "cohost.search_or_email": "Nom, ou adresse e-mail de quelqu’un qui enseigne ici",
  "cohost.nobody": "Personne ici ne porte ce nom.",
  "cohost.choose": "Choisissez d’abord quelqu’un.",
  "cohost.began": "{name} coanime désormais cette séance.",
  "cohost.began_you":
    "Vous coanimez désormais cette séance : vous pouvez la commencer et la terminer, annoncer, approuver, répondre et modérer.",
  "cohost.ended": "{name} ne coanime plus cette séance.",
  "cohost.ended_you": "Vous ne coanimez plus cette séance.",

  "absent.nobody": "L’enseignant n’est pas connecté en ce moment, et revient peut-être. Le cours continue : restez ici.",
  "absent.teacher": "{name} n’est pas connecté en ce moment. Vous tenez le cours en attendant.",
  "absent.back": "Le cours a de nouveau son enseignant.",

  "moderation.did_cohost_on": "{time} {by} a nommé {name} coanimateur.",
  "moderation.did_cohost_off": "{time} {by} a repris à {name} le rôle de coanimateur.",
};
