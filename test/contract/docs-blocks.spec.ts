import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { checkLinks } from '../docs/check-links.js';
import { commandBlocks } from '../docs/command-blocks.js';
import { findDocuments, holdsCommands } from '../docs/find-documents.js';
import { readDocument } from '../docs/read-document.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = findDocuments(root);
const told = ({ path, line, message }: { path: string; line: number; message: string }) => `${path}:${line} ${message}`;

describe('the documents', () => {
  it('are found', () => {
    expect([...documents.keys()]).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/pool.md']));
    expect([...documents.keys()].filter(holdsCommands)).not.toContain('CONTRIBUTING.md');
  });

  it.each([...documents.keys()])('%s has only links that lead somewhere', (path) => {
    const document = documents.get(path) ?? readDocument(path, '');
    expect(checkLinks(document, documents, (name) => existsSync(join(root, name))).map(told)).toEqual([]);
  });

  it.each([...documents.keys()].filter(holdsCommands))(
    'each block of commands in %s can be run, or says why not',
    (path) => {
      expect(commandBlocks(documents.get(path) ?? readDocument(path, '')).problems.map(told)).toEqual([]);
    },
  );
});

describe('what is wrong with a block', () => {
  const problemsOf = (source: string) => commandBlocks(readDocument('docs/x.md', source)).problems.map(told);
  const block = (text: string, mark = '', language = 'sh') => `${mark}\n\`\`\`${language}\n${text}\n\`\`\`\n`;

  it.each([
    ['nothing', block('true'), []],
    ['nothing, with a reason', block('claude', '<!-- not run: needs a browser -->'), []],
    ['nothing, in another language', block('{"a": "…"}', '', 'json'), []],
    ['nothing, when only a remark has dots', block('true # and so on …'), []],
    ['nothing about input from a file or a here-document', block('cat <input.txt <<EOF'), []],
    ['a reason that is empty', block('x', '<!-- not run: -->'), ['docs/x.md:1 "not run" needs a reason']],
    ['no reason', block('x', '<!-- not run -->'), [expect.stringContaining('docs/x.md:1 "not run" is no mark')]],
    ['a misspelt mark', block('x', '<!-- skip: later -->'), [expect.stringContaining('"skip: later" is no mark')]],
    [
      'nothing to wait for',
      block('x', '<!-- stays up until: -->'),
      ['docs/x.md:1 "stays up until" needs the words to wait for'],
    ],
    ['a status without a reason', block('x', '<!-- ends with 3: -->'), ['docs/x.md:1 "ends with 3" needs a reason']],
    ['something to fill in', block('rm <id>'), [expect.stringContaining('docs/x.md:2 <id> stands for something')]],
    ['dots to fill in', block('KEY=… npm start'), [expect.stringContaining('docs/x.md:2 … stands for something')]],
    [
      'something to fill in where it stays up',
      block('x <id>', '<!-- stays up until: a -->'),
      [expect.stringContaining('<id>')],
    ],
    ['another name for the shell', block('true', '', 'bash'), ['docs/x.md:2 the block is "bash": commands are "sh"']],
    ['the same in capitals', block('true', '', 'SH'), ['docs/x.md:2 the block is "SH": commands are "sh"']],
    [
      'a command before && whose failure nobody sees',
      block('true\na && b\nc'),
      ['docs/x.md:4 what fails before && is not told where more lines follow: put each command on a line of its own'],
    ],
    [
      'nothing about && at the end, in a condition or in quotes',
      block('if a && b; then c; fi\nx "a && b"\na && b'),
      [],
    ],
    ['nothing about && that is not run', block('a && b\nc', '<!-- not run: a reason -->'), []],
    ['no language', block('npm start', '', ''), ['docs/x.md:2 the block names no language: sh is run, text is not']],
    [
      'a mark above text',
      '<!-- not run: a reason -->\n\nText.\n',
      ['docs/x.md:1 this mark stands above no block of commands'],
    ],
    [
      'a mark that text comes between',
      `<!-- not run: a reason -->\nText.\n${block('true')}`,
      ['docs/x.md:1 this mark stands above no block of commands'],
    ],
  ])('%s', (_what, source, expected) => {
    expect(problemsOf(source)).toEqual(expected);
  });

  it('is that it has no end', () => {
    expect(() => readDocument('docs/x.md', 'Text\n\n```sh\ntrue\n')).toThrow('docs/x.md:3: this block has no end');
  });

  it('is that it stands in a quotation', () => {
    expect(() => readDocument('docs/x.md', '> ```sh\n> true\n> ```\n')).toThrow('docs/x.md:1: a block in a quotation');
  });

  it('is found in a list, where the block stands further right', () => {
    const { blocks } = commandBlocks(readDocument('docs/x.md', '1. First\n\n   ```sh\n   a\n     b\n   ```\n'));
    expect(blocks).toEqual([{ path: 'docs/x.md', line: 3, text: 'a\n  b', treatment: { kind: 'run' } }]);
  });
});

describe('what is wrong with a link', () => {
  const there = readDocument(
    'docs/there.md',
    '# The head: of `it`!\n\n## Twice\n\n## Twice\n\n## 中文 标题\n\n<a id="own"></a>\n',
  );
  const problemsOf = (text: string) => {
    const here = readDocument('docs/here.md', `# Here\n\n${text}\n`);
    const all = new Map([here, there].map((document) => [document.path, document]));
    const names = new Set(['docs/here.md', 'docs/there.md', 'deploy', 'README.md']);
    return checkLinks(here, all, (name) => names.has(name)).map(told);
  };

  it.each([
    ['nothing, elsewhere', '[a](https://example.com/x#y) [b](mailto:a@example.com)', []],
    ['nothing', '[a](there.md) [b](../deploy/) [c](./there.md#twice) [`d`](there.md#twice-1) [e](#here)', []],
    [
      'nothing about a heading with signs',
      '[a](there.md#the-head-of-it) [b](there.md#中文-标题) [c](there.md#own)',
      [],
    ],
    ['nothing in code', '`[a](nowhere.md)`', []],
    ['that there is no such file', '[a](nowhere.md)', ['docs/here.md:3 nowhere.md: there is no docs/nowhere.md']],
    [
      'that there is no such heading',
      '[a](there.md#thrice)',
      ['docs/here.md:3 there.md#thrice: docs/there.md has no heading #thrice'],
    ],
    [
      'that it has no such heading itself',
      '[a](#there)',
      ['docs/here.md:3 #there: docs/here.md has no heading #there'],
    ],
    ['that it leaves the project', '[a](../../other)', ['docs/here.md:3 ../../other leads out of the project']],
    ['the same in HTML', '<img src="no.svg">', ['docs/here.md:3 no.svg: there is no docs/no.svg']],
  ])('%s', (_what, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });
});
