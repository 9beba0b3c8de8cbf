/**
 * Imports what nearly every program imports, and does no more.
 *
 * @module
 */
import "node:fs";
import "node:crypto";
