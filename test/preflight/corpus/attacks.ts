import { DOCUMENT_ATTACKS } from './attacks-document.ts';
import { LOAD_ATTACKS } from './attacks-load.ts';
import { SCRIPT_ATTACKS } from './attacks-script.ts';
import { numbered } from './card.ts';

/** Cards that run code, load from hosts off the allowlist or lead away, or try to. */
export const ATTACKS = numbered([...SCRIPT_ATTACKS, ...LOAD_ATTACKS, ...DOCUMENT_ATTACKS], 1);
