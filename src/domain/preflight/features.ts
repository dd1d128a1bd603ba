/**
 * First stable version of each browser that supports a feature on the desktop, unprefixed and in full.
 * Source: MDN browser-compat-data 8.1.9 (https://github.com/mdn/browser-compat-data, CC0). Flexbox counts from
 * multi-line support on; webcomponents is custom elements, shadow DOM and templates together.
 */
export const BROWSERS = ['chrome', 'firefox', 'safari'] as const;
export type Browser = (typeof BROWSERS)[number];

/** Versions are text, since 14.10 is later than 14.9. */
export type BrowserVersions = Readonly<Record<Browser, string>>;

function since(chrome: string, firefox: string, safari: string): BrowserVersions {
  return { chrome, firefox, safari };
}

export const FEATURES: Readonly<Record<string, BrowserVersions>> = {
  // layout
  'flexbox': since('29', '28', '9'),
  'flexbox-gap': since('84', '63', '14.1'),
  'grid': since('57', '52', '10.1'),
  'subgrid': since('117', '71', '16'),
  'container-queries': since('105', '110', '16'),
  'position-sticky': since('56', '32', '13'),
  'object-fit': since('32', '36', '10'),
  'aspect-ratio': since('88', '89', '15'),
  'inset': since('87', '66', '14.1'),
  'anchor-positioning': since('125', '147', '26'),
  // other CSS
  'css-variables': since('49', '31', '9.1'),
  'css-nesting': since('120', '117', '17.2'),
  'css-animations': since('43', '16', '9'),
  'css-transitions': since('26', '16', '9'),
  'css-transforms': since('36', '16', '9'),
  'supports': since('28', '22', '9'),
  'clamp': since('79', '75', '13.1'),
  'has-selector': since('105', '121', '15.4'),
  'is-selector': since('88', '78', '14'),
  'focus-visible': since('86', '85', '15.4'),
  'cascade-layers': since('99', '97', '15.4'),
  'backdrop-filter': since('76', '103', '18'),
  'accent-color': since('93', '92', '26.2'),
  'color-scheme': since('81', '96', '13'),
  'color-mix': since('111', '113', '16.2'),
  'prefers-color-scheme': since('76', '67', '12.1'),
  'prefers-reduced-motion': since('74', '63', '10.1'),
  'text-wrap-balance': since('114', '121', '17.5'),
  // elements and attributes
  'webcomponents': since('54', '63', '10.1'),
  'custom-elements': since('54', '63', '10.1'),
  'shadow-dom': since('53', '63', '10'),
  'declarative-shadow-dom': since('111', '123', '16.4'),
  'html-templates': since('26', '22', '8'),
  'dialog': since('37', '98', '15.4'),
  'popover': since('114', '125', '17'),
  'details': since('12', '49', '6'),
  'exclusive-details': since('120', '130', '17.2'),
  'inert': since('102', '112', '15.5'),
  'lazy-loading': since('77', '75', '15.4'),
  'picture': since('38', '38', '9.1'),
  'date-input': since('20', '57', '14.1'),
  // scripts
  'es-modules': since('61', '60', '10.1'),
  'dynamic-import': since('63', '67', '11.1'),
  'import-maps': since('89', '108', '16.4'),
  'async-functions': since('55', '52', '10.1'),
  'optional-chaining': since('80', '74', '13.1'),
  'nullish-coalescing': since('80', '72', '13.1'),
  'logical-assignment': since('85', '79', '14'),
  'class-fields': since('72', '69', '16'),
  'private-class-fields': since('74', '90', '14.1'),
  'top-level-await': since('89', '89', '27'),
  'array-at': since('92', '90', '15.4'),
  'fetch': since('42', '39', '10.1'),
  'intersection-observer': since('51', '55', '12.1'),
  'resize-observer': since('64', '69', '13.1'),
  'structured-clone': since('98', '94', '15.4'),
  'view-transitions': since('111', '144', '18'),
  'broadcast-channel': since('54', '38', '15.4'),
  'clipboard': since('66', '63', '13.1'),
};
