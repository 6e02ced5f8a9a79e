// @ts-check
/** The sentences about who holds a class: co-hosts, substitutes, a teacher who is away; guests. In French. */

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

  "guests.untold": "Invités",
  "guests.title.one": "{count} invité",
  "guests.title.other": "{count} invités",
  "guests.list": "Invités de cette séance",
  "guests.none": "Personne d’extérieur n’est invité à cette séance.",
  "guests.invite": "Inviter quelqu’un",
  "guests.invite_yes": "Créer le lien",
  "guests.name": "Nom",
  "guests.name_hint": "Tel que tout le cours le lira.",
  "guests.until": "Valable jusqu’au (facultatif)",
  "guests.until_hint": "Vide : jusqu’à six heures après la fin.",
  "guests.link_of": "Invitation pour {name}",
  "guests.link_advice":
    "La personne qui a ce lien entre comme cet invité, dans cette séance seulement, et y revient jusqu’à son terme. Ne l’envoyez à " +
    "personne d’autre.",
  "guests.copy": "Copier le lien",
  "guests.copied": "Le lien est copié.",
  "guests.share": "Partager…",
  "guests.share_title": "Invitation à un cours en direct",
  "guests.here": "est là",
  "guests.invited": "n’est pas encore venu ; lien valable jusqu’au {time}",
  "guests.away": "n’est pas là ; lien valable jusqu’au {time}",
  "guests.expired": "lien terminé le {time}",
  "guests.revoked": "invitation retirée",
  "guests.forgotten": "a été oublié",
  "guests.show_link": "Montrer le lien",
  "guests.renew": "Créer un nouveau lien",
  "guests.renew_title": "Créer un nouveau lien pour {name} ?",
  "guests.renew_text": "L’ancien lien ne vaut plus : la personne entrée par lui doit revenir par le nouveau.",
  "guests.let_go": "Retirer l’invitation",
  "guests.let_go_title": "Retirer l’invitation de {name} ?",
  "guests.let_go_text": "L’invité quitte le cours tout de suite et le lien ne fonctionne plus. Ce qu’il a écrit reste.",
  "guests.forget": "Retirer et oublier",
  "guests.forget_title": "Retirer l’invitation de {name} et tout oublier ?",
  "guests.forget_text":
    "Ce qu’il a écrit est supprimé, et son nom devient « Guest » partout, aussi dans ce qui précède. Il reste noté qu’un invité " +
    "était là, et quand. Cela ne peut pas être annulé.",
  "guest.title": "Invitation à un cours",
  "guest.over": "Cette invitation a pris fin. Demandez-en une autre à la personne qui vous a invité.",

  "moderation.did_guest_invited": "{time} {by} a invité {name}.",
  "moderation.did_guest_renewed": "{time} {by} a créé un nouveau lien pour {name}.",
  "moderation.did_guest_revoked": "{time} {by} a retiré l’invitation de {name}.",
  "moderation.did_guest_erased": "{time} {by} a retiré l’invitation d’une personne, oubliée depuis.",
};
