// Reduces MDN's browser-compat-data to the first version of each desktop browser for what a card can use, and writes it
// to
// src/domain/preflight/compat/compat-data.json. Run it after an update of @mdn/browser-compat-data; `--check` only
// compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bcd = createRequire(import.meta.url)('@mdn/browser-compat-data');
const OUTPUT = path.join(root, 'src', 'domain', 'preflight', 'compat', 'compat-data.json');

const BROWSERS = ['chrome', 'edge', 'firefox', 'safari'];

/** Nobody is supported below this, so what all four had by then needs no entry. Of the years 2018 to 2020. */
const FLOOR = { chrome: '64', edge: '79', firefox: '58', safari: '11.1' };

/** What a card in a page can use; service workers, extensions and the like are left out. */
const AREAS = [
  ['html', bcd.html, 4],
  ['mathml', bcd.mathml.elements, 1],
  ['css', bcd.css, 5],
  ['javascript', bcd.javascript, 4],
  ['api', bcd.api, 2],
];

/** Features that a plan may require by name: what stands behind each. All of them must be there. */
const NAMED = {
  flexbox: ['css.properties.flex', 'css.properties.display.flex', 'css.properties.flex-wrap'],
  'flexbox-gap': ['css.properties.gap.flex_context'],
  grid: ['css.properties.grid', 'css.properties.display.grid'],
  subgrid: ['css.properties.grid-template-columns.subgrid'],
  'container-queries': ['css.at-rules.container'],
  'position-sticky': ['css.properties.position.sticky'],
  'object-fit': ['css.properties.object-fit'],
  'aspect-ratio': ['css.properties.aspect-ratio'],
  inset: ['css.properties.inset'],
  'anchor-positioning': ['css.properties.anchor-name', 'css.types.anchor'],
  'css-variables': ['css.properties.custom-property'],
  'css-nesting': ['css.selectors.nesting'],
  'css-animations': ['css.properties.animation'],
  'css-transitions': ['css.properties.transition'],
  'css-transforms': ['css.properties.transform'],
  supports: ['css.at-rules.supports'],
  clamp: ['css.types.clamp'],
  'has-selector': ['css.selectors.has'],
  'is-selector': ['css.selectors.is'],
  'focus-visible': ['css.selectors.focus-visible'],
  'cascade-layers': ['css.at-rules.layer'],
  'backdrop-filter': ['css.properties.backdrop-filter'],
  'accent-color': ['css.properties.accent-color'],
  'color-scheme': ['css.properties.color-scheme'],
  'color-mix': ['css.types.color.color-mix'],
  'prefers-color-scheme': ['css.at-rules.media.prefers-color-scheme'],
  'prefers-reduced-motion': ['css.at-rules.media.prefers-reduced-motion'],
  'text-wrap-balance': ['css.properties.text-wrap.balance'],
  webcomponents: ['api.CustomElementRegistry', 'api.Element.attachShadow', 'html.elements.template'],
  'custom-elements': ['api.CustomElementRegistry'],
  'shadow-dom': ['api.Element.attachShadow'],
  'declarative-shadow-dom': ['html.elements.template.shadowrootmode'],
  'html-templates': ['html.elements.template'],
  dialog: ['html.elements.dialog'],
  popover: ['html.global_attributes.popover'],
  details: ['html.elements.details'],
  'exclusive-details': ['html.elements.details.name'],
  inert: ['html.global_attributes.inert'],
  'lazy-loading': ['html.elements.img.loading'],
  picture: ['html.elements.picture'],
  'date-input': ['html.elements.input.type_date'],
  'es-modules': ['javascript.statements.import'],
  'dynamic-import': ['javascript.operators.import'],
  'import-maps': ['html.elements.script.type.importmap'],
  'async-functions': ['javascript.statements.async_function'],
  'optional-chaining': ['javascript.operators.optional_chaining'],
  'nullish-coalescing': ['javascript.operators.nullish_coalescing'],
  'logical-assignment': ['javascript.operators.logical_or_assignment'],
  'class-fields': ['javascript.classes.public_class_fields'],
  'private-class-fields': ['javascript.classes.private_class_fields'],
  'top-level-await': ['javascript.operators.await.top_level'],
  'array-at': ['javascript.builtins.Array.at'],
  fetch: ['api.fetch'],
  'intersection-observer': ['api.IntersectionObserver'],
  'resize-observer': ['api.ResizeObserver'],
  'structured-clone': ['api.structuredClone'],
  'view-transitions': ['api.Document.startViewTransition'],
  'broadcast-channel': ['api.BroadcastChannel'],
  clipboard: ['api.Navigator.clipboard'],
};

export function compatData() {
  const tuples = new Map();
  const indexOf = (versions) => {
    const key = versions.join(' ');
    if (!tuples.has(key)) tuples.set(key, tuples.size);
    return tuples.get(key);
  };
  const features = Object.fromEntries(AREAS.map(([area, tree, depth]) => [area, reduced(tree, depth, indexOf)]));
  const named = Object.fromEntries(
    Object.entries(NAMED).map(([name, paths]) => [name, indexOf(paths.map(versionsAt).reduce(latest))]),
  );
  const members = membersByName(indexOf);
  return {
    source: '@mdn/browser-compat-data',
    version: bcd.__meta.version,
    browsers: BROWSERS,
    floor: FLOOR,
    elements: Object.keys(bcd.html.elements).sort(),
    attributes: attributeNames(),
    versions: [...tuples.keys()],
    named,
    members,
    features,
  };
}

/** Of any element, whatever browsers have it. */
function attributeNames() {
  const owners = [bcd.html.global_attributes, ...Object.values(bcd.html.elements)];
  return [...new Set(owners.flatMap((owner) => Object.keys(owner)).filter((name) => /^[a-z]+$/.test(name)))].sort();
}

/**
 * What no browser had is no feature yet, and what all had long ago is none any more. What some gave up is one that all
 * lack.
 */
function isWorthAnEntry(versions, wasGivenUp = false) {
  return (
    (wasGivenUp || versions.some((version) => version !== '-')) &&
    versions.some((version, index) => version === '-' || isLater(version, FLOOR[BROWSERS[index]]))
  );
}

/**
 * The same tree of names: each leaf the index of its versions; with parts below, its own index stands under the empty
 * name.
 */
function reduced(tree, depth, indexOf) {
  const parts = {};
  for (const [key, node] of Object.entries(tree)) {
    if (key === '__compat' || typeof node !== 'object' || isBehaviour(key)) continue;
    const own = ownIndex(node.__compat, indexOf);
    const below = depth > 1 ? reduced(node, depth - 1, indexOf) : {};
    if (Object.keys(below).length > 0) parts[key] = own === undefined ? below : { '': own, ...below };
    else if (own !== undefined) parts[key] = own;
  }
  return parts;
}

function ownIndex(compat, indexOf) {
  if (compat === undefined) return undefined;
  const versions = BROWSERS.map((browser) => firstVersion(compat.support[browser]));
  const wasGivenUp = BROWSERS.some((browser) => usable(compat.support[browser]).some((one) => one.version_removed));
  return isWorthAnEntry(versions, wasGivenUp) ? indexOf(versions) : undefined;
}

/** How a thing behaves cannot be read from a card. */
function isBehaviour(key) {
  return /^(worker_support|secure_context_required|is_animatable|implicit_noopener)$|_event$|^@@/.test(key);
}

/**
 * Members that came late wherever they are: a call of one on an object of unknown kind can then be told to need at
 * least
 * the earliest of them.
 */
function membersByName(indexOf) {
  const earliestByName = new Map();
  for (const owner of [...Object.values(bcd.api), ...Object.values(bcd.javascript.builtins)]) {
    for (const [name, member] of Object.entries(owner)) {
      if (!/^[a-z][A-Za-z]+$/.test(name) || !member.__compat) continue;
      const versions = BROWSERS.map((browser) => firstVersion(member.__compat.support[browser]));
      earliestByName.set(name, earliestByName.has(name) ? earliest(earliestByName.get(name), versions) : versions);
    }
  }
  return Object.fromEntries(
    [...earliestByName]
      .filter(([, versions]) => isWorthAnEntry(versions))
      .map(([name, versions]) => [name, indexOf(versions)]),
  );
}

/** Of what is required by name: in full, for its author relies on it. */
function versionsAt(path) {
  const node = path.split('.').reduce((parent, key) => parent?.[key], bcd);
  if (!node?.__compat) throw new Error(`browser-compat-data ${bcd.__meta.version} has no ${path}; mend NAMED.`);
  return BROWSERS.map((browser) => firstVersion(node.__compat.support[browser], { inFull: true }));
}

function latest(a, b) {
  return a.map((version, i) => (version === '-' || b[i] === '-' ? '-' : isLater(b[i], version) ? b[i] : version));
}

function earliest(a, b) {
  return a.map((version, i) => (version === '-' ? b[i] : b[i] === '-' || isLater(b[i], version) ? version : b[i]));
}

/**
 * First version that has the feature under its own name and without a flag; `-` for none. An entry that was removed
 * when a
 * better one came counts too, for the feature never went away.
 */
function firstVersion(support, { inFull = false } = {}) {
  const all = usable(support);
  const lasting = all.filter(
    (one) =>
      !one.version_removed ||
      all.some(
        (next) =>
          next !== one && !next.version_removed && !isLater(plain(next.version_added), plain(one.version_removed)),
      ),
  );
  const full = lasting.filter((one) => !one.partial_implementation);
  const versions = (inFull && full.length > 0 ? full : lasting).map((one) => plain(one.version_added));
  return versions.length === 0 ? '-' : versions.reduce((a, b) => (isLater(a, b) ? b : a));
}

function usable(support) {
  return [support ?? []]
    .flat()
    .filter(
      (one) =>
        typeof one.version_added === 'string' &&
        one.version_added !== 'preview' &&
        !one.flags &&
        !one.prefix &&
        !one.alternative_name,
    );
}

function plain(version) {
  return String(version).replace('≤', '');
}

function isLater(a, b) {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

const text = `${JSON.stringify(compatData())}\n`;
if (!process.argv.includes('--check')) {
  writeFileSync(OUTPUT, text);
  process.stdout.write(`${path.relative(root, OUTPUT)}: ${bcd.__meta.version}, ${text.length} bytes\n`);
} else if (readFileSync(OUTPUT, 'utf8') !== text) {
  process.stderr.write(
    `${path.relative(root, OUTPUT)} is not what @mdn/browser-compat-data ${bcd.__meta.version} gives. Run: node ` +
      `scripts/build-compat-data.mjs\n`,
  );
  process.exitCode = 1;
} else {
  process.stdout.write(`current with ${bcd.__meta.version}\n`);
}
