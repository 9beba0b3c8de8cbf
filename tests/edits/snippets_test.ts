/**
 * The table of edits in small: many modules with an edit each, all of them in one project.
 *
 * @module
 */
import { globalTable, snippetTable } from "./rows/snippets.ts";
import { testTable } from "./table.ts";

testTable(snippetTable);
testTable(globalTable);
