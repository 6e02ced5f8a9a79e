// @ts-check
/** The sentences about materials and the task of now on the class's page, in English. */

/** @type {Record<string, string>} */
export const enMaterials = {
  "materials.tab": "Materials",
  "materials.count.one": "{count} material",
  "materials.count.other": "{count} materials",
  "materials.none": "Nothing has been put up yet.",
  "materials.add": "Add a material",
  "materials.add_yes": "Add",
  "materials.title": "Title",
  "materials.url": "Web address",
  "materials.url_hint": "Of a page or a file that everybody in the class may open.",
  "materials.remove": "Remove",
  "materials.remove_of": "Remove “{title}”",
  "materials.remove_title": "Remove “{title}”?",
  "materials.remove_text": "Title and address are gone for everybody.",
  "materials.new": "New material: {title}",

  "task.title": "Task",
  "task.set": "Set a task",
  "task.change": "Change the task",
  "task.text": "What everybody does now",
  "task.hint": "Empty: there is no task any more.",
  "task.now": "Task: {task}",
  "task.over": "There is no task any more.",
};
