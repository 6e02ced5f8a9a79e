// @ts-check
/** The sentences about materials and the task of now on the class's page, in French. */

/** @type {Record<string, string>} */
export const frMaterials = {
  "materials.tab": "Supports",
  "materials.count.one": "{count} support",
  "materials.count.other": "{count} supports",
  "materials.none": "Rien n’a encore été mis à disposition.",
  "materials.add": "Ajouter un support",
  "materials.add_yes": "Ajouter",
  "materials.title": "Titre",
  "materials.url": "Adresse web",
  "materials.url_hint": "Celle d’une page ou d’un fichier que tout le cours peut ouvrir.",
  "materials.remove": "Retirer",
  "materials.remove_of": "Retirer « {title} »",
  "materials.remove_title": "Retirer « {title} » ?",
  "materials.remove_text": "Le titre et l’adresse disparaissent pour tout le monde.",
  "materials.new": "Nouveau support : {title}",

  "task.title": "Consigne",
  "task.set": "Donner une consigne",
  "task.change": "Changer la consigne",
  "task.text": "Ce que tout le monde fait maintenant",
  "task.hint": "Vide : il n’y a plus de consigne.",
  "task.now": "Consigne : {task}",
  "task.over": "Il n’y a plus de consigne.",
};
