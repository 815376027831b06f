// @ts-check
// What makes the pages live; each of them works without.
import { followLinks } from "./replace.js";
import { suggestIn } from "./suggest.js";

suggestIn(document);
followLinks();
