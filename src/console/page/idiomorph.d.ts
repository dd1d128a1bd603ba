/** The console serves the library's own module beside the page (src/console/assets.ts). */
export { Idiomorph } from 'idiomorph';
