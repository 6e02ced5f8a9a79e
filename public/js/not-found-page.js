// @ts-check
/** The page of an address that there is not. */

import { t } from "./i18n.js";
import { preparePage, titled } from "./page.js";

preparePage();
titled(() => `${t("nothing.title")} · Amphi`);
