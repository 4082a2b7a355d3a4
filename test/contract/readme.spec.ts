import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { settingsSchema } from '../../src/platform/config/settings.js';
import { type MarkdownDocument, readDocument } from '../docs/read-document.js';

const ENGLISH = 'README.md';
const CHINESE = 'README.zh-CN.md';
/** The commands that are promised to work on a fresh clone. */
const COMMANDS = [
  'npm start',
  'npm run demo',
  'npm test',
  'npm run check',
  'npm run simulator',
  'npm run bench',
  'npm ci && npm run build && npm run start:prod',
];

const PAGES = readdirSync(new URL('../../docs', import.meta.url))
  .filter((name) => name.endsWith('.md') && name !== 'README.md' && name !== 'routes.md')
  .map((name) => `docs/${name}`);
/** Words of others: clients' and Node's variables, codes of SQLite, and what earlier systems had. */
const FOREIGN = /^(?:ANTHROPIC_|AMQ_GATEWAY_|AMAZONQ_ACCOUNT_|GEMINI_|ZERO_INPUT_|NODE_|HTTPS_PROXY$|SQLITE_)/;

const source = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const documentOf = (path: string): MarkdownDocument => readDocument(path, source(path));

/** Every heading by its level alone: the words differ. */
const outline = (path: string) =>
  [
    ...source(path)
      .replaceAll(/^```[\s\S]*?^```$/gm, '')
      .matchAll(/^#+(?= )/gm),
  ].map(([marks]) => marks.length);

/** What a reader types or pastes, and what is said of it; a picture's words are translated. */
const pasted = (path: string) =>
  documentOf(path).fences.map(({ language, text, comment }) => ({
    language,
    text: language === 'mermaid' ? '' : text,
    mark: comment?.text,
  }));

/** Where links lead, each once; those to the page itself are translated. */
const linked = (path: string) => {
  const targets = documentOf(path).links.map(({ target }) => target);
  return [...new Set(targets)].filter((target) => !target.startsWith('#') && !target.startsWith('README')).sort();
};

/** The structure of a picture: which boxes there are, and what leads where. */
const picture = (path: string) => {
  const { text = '' } = documentOf(path).fences.find(({ language }) => language === 'mermaid') ?? {};
  return text.replaceAll(/"[^"\n]*"/g, '""').split('\n');
};

describe('README in English and in Chinese', () => {
  it('have the same headings in the same order', () => {
    expect(outline(ENGLISH).length).toBeGreaterThan(8);
    expect(outline(CHINESE)).toEqual(outline(ENGLISH));
  });

  it('have the same commands, with the same marks', () => {
    expect(pasted(ENGLISH).length).toBeGreaterThan(8);
    expect(pasted(CHINESE)).toEqual(pasted(ENGLISH));
  });

  it('lead to the same pages', () => {
    expect(linked(ENGLISH).length).toBeGreaterThan(20);
    expect(linked(CHINESE)).toEqual(linked(ENGLISH));
  });

  it('draw the same picture', () => {
    expect(picture(ENGLISH).length).toBeGreaterThan(8);
    expect(picture(CHINESE)).toEqual(picture(ENGLISH));
  });

  it('lead to each other', () => {
    expect(documentOf(ENGLISH).links.map(({ target }) => target)).toContain(CHINESE);
    expect(documentOf(CHINESE).links.map(({ target }) => target)).toContain(ENGLISH);
  });
});

describe.each([ENGLISH, CHINESE])('%s', (path) => {
  it.each(COMMANDS)('has `%s`', (command) => {
    expect(source(path)).toContain(`\`${command}\``);
  });

  it('leads to every page of docs', () => {
    const links = linked(path);
    expect(PAGES.filter((page) => !links.includes(page))).toEqual([]);
  });

  it('says that pooling may breach the terms, and whose responsibility that is', () => {
    const said =
      path === ENGLISH ? ['may breach the terms', 'operator’s responsibility'] : ['可能违反服务条款', '运营者自行负责'];
    const words = source(path)
      .replaceAll(/\*\*|\s+/g, ' ')
      .replaceAll("'", '’');
    for (const each of said) expect(words).toContain(each);
  });
});

describe.each(['docs/troubleshooting.md', 'docs/migration.md'])('%s', (path) => {
  it('names no setting that there is not', () => {
    const known = new Set(Object.keys(settingsSchema.shape));
    const named = [...source(path).matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?==|`)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !known.has(name) && !FOREIGN.test(name))).toEqual([]);
  });
});
