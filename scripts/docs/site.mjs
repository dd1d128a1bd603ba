// Pages, the files that they link to, search and style, into one folder that needs no server.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { escape, renderPage } from './markdown.mjs';
import { navigation } from './navigation.mjs';
import { pageOf } from './template.mjs';

const ASSETS = ['site.css', 'search.js'];
const MARK = '.made-by-npm-run-docs';

export function writeSite(root, folder) {
  const sections = navigation(root);
  const linked = new Set();
  const problems = [];
  const pages = sections
    .flatMap((section) => section.pages)
    .map((source) => readPage(root, source, { linked, problems }));
  problems.push(...anchorProblems(pages));
  if (problems.length > 0) throw new Error(`Links that lead nowhere:\n${problems.join('\n')}`);
  emptied(folder);
  const bySource = new Map(pages.map((page) => [page.source, page]));
  const parts = sections.map(({ title, pages: sources }) => ({
    title,
    pages: sources.map((source) => bySource.get(source)),
  }));
  for (const page of pages) write(folder, page.target, pageOf(page, parts));
  for (const file of linked) writeLinked(root, folder, file, parts);
  for (const asset of ASSETS) copyFileSync(path.join(import.meta.dirname, asset), path.join(folder, asset));
  write(folder, 'search-index.js', searchIndex(pages));
  return { pages: pages.length, files: linked.size };
}

function readPage(root, source, { linked, problems }) {
  const target = targetOf(source);
  const goes = [];
  const lead = (href) => {
    if (/^[a-z]+:/i.test(href)) return href;
    const [file, anchor] = href.split('#');
    const aimed = file === '' ? source : path.posix.normalize(path.posix.join(path.posix.dirname(source), file));
    if (!existsSync(path.join(root, aimed))) problems.push(`${source}: ${href}`);
    else if (!isPage(aimed)) linked.add(aimed.replace(/\/$/, ''));
    if (anchor !== undefined) goes.push({ aimed, anchor, href });
    const way = path.posix.relative(path.posix.dirname(target), targetOf(aimed));
    return `${file === '' ? '' : way}${anchor === undefined ? '' : `#${anchor}`}`;
  };
  return { source, target, goes, ...renderPage(readFileSync(path.join(root, source), 'utf8'), lead) };
}

function anchorProblems(pages) {
  const anchors = new Map(pages.map(({ source, headings }) => [source, headings.map(({ id }) => id)]));
  return pages.flatMap(({ source, goes }) =>
    goes
      .filter(({ aimed, anchor }) => anchors.get(aimed)?.includes(anchor) === false)
      .map(({ href }) => `${source}: ${href}`),
  );
}

const OF_ROOT = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'];

function isPage(file) {
  return OF_ROOT.includes(file) || (file.startsWith('docs/') && file.endsWith('.md'));
}

function isImage(file) {
  return /\.(png|svg)$/.test(file);
}

/** Of a page, of a picture, of a file that is shown as text, or of a folder that is listed. */
function targetOf(file) {
  if (file === 'README.md') return 'index.html';
  if (OF_ROOT.includes(file)) return `${file.slice(0, -3).toLowerCase()}.html`;
  if (isPage(file)) return file.replace(/^docs\//, '').replace(/\.md$/, '.html');
  if (isImage(file)) return file.replace(/^docs\//, '');
  return path.posix.extname(file) === '' && file !== 'LICENSE'
    ? `files/${file.replace(/\/$/, '')}.html`
    : `files/${file}.txt`;
}

function writeLinked(root, folder, file, parts) {
  const from = path.join(root, file);
  const target = targetOf(file);
  if (!statSync(from).isDirectory()) return copy(from, path.join(folder, target));
  const names = readdirSync(from, { recursive: true, encoding: 'utf8' })
    .map((name) => path.posix.join(file, name.replaceAll(path.sep, '/')))
    .filter((name) => statSync(path.join(root, name)).isFile())
    .toSorted();
  for (const name of names.filter((each) => !isPage(each)))
    copy(path.join(root, name), path.join(folder, textOf(name)));
  const wayTo = (name) => path.posix.relative(path.posix.dirname(target), isPage(name) ? targetOf(name) : textOf(name));
  const items = names.map((name) => `<li><a href="${escape(wayTo(name))}">${escape(name)}</a></li>`);
  const html = `<h1 id="files">${escape(file)}</h1><ul>${items.join('')}</ul>`;
  write(folder, target, pageOf({ target, title: file, html, headings: [] }, parts));
}

function textOf(file) {
  return isImage(file) ? targetOf(file) : `files/${file}.txt`;
}

function searchIndex(pages) {
  const entries = pages.flatMap(({ target, title, sections }) =>
    sections.map(({ id, title: heading, depth, text }) => [
      depth === 1 ? target : `${target}#${id}`,
      title,
      heading,
      text,
    ]),
  );
  return `globalThis.searchIndex = ${JSON.stringify(entries)};\n`;
}

/** A folder that this has not written is left as it is. */
function emptied(folder) {
  const isOurs = existsSync(path.join(folder, MARK));
  if (existsSync(folder) && readdirSync(folder).length > 0 && !isOurs)
    throw new Error(
      `${folder} has files that \`npm run docs\` has not written. Name an empty folder, or one that is not there.`,
    );
  rmSync(folder, { recursive: true, force: true });
  write(folder, MARK, '');
}

function write(folder, name, content) {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function copy(from, to) {
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}
