import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure } from '../../../../dist/simulator/script.js';
import { checkNothingLeft, checkNothingOutside } from '../../check-nothing-left.mjs';
import { pdf, png } from '../../sample-files.mjs';
import { broughtResults, call, newestMessage, pastMessages, ScriptedModel, say } from '../../scripted-model.mjs';
import { checkNoRetry, checkSuccess } from '../check-claude-code.mjs';
import { checkCleanRun } from '../check-clean-run.mjs';

const NO_DOCUMENTS = failure(400, 'ValidationException', 'No documents.', 'DOCUMENT_MODEL_NOT_SUPPORTED');

/** Claude Code reads a picture and a PDF; both reach a model that takes both. */
export const imageAndPdf = {
  name: 'image-and-pdf',
  title: 'Read on a PNG and on a PDF: the model gets an image and a document',

  async play(stage, checks) {
    const { word, picture, paper } = await files(stage.workFolder);
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_picture', 'Read', { file_path: picture.path }) },
      { after: ['tooluse_picture'], say: () => call('tooluse_paper', 'Read', { file_path: paper.path }) },
      { after: ['tooluse_paper'], say: () => say('Seen and read.') },
    ]);
    const run = await read(stage, model);

    const [, afterPicture, afterPaper] = model.mainTurns;
    checkSent(checks, stage.exchanges);
    checks.equal('the picture stands beside its result', attached(afterPicture, 'images'), [['png', picture.bytes]]);
    checks.that('the result says so', /image/.test(broughtResults(afterPicture).tooluse_picture));
    checks.equal('the paper stands beside its result', attached(afterPaper, 'documents'), [['pdf', paper.bytes]]);
    checks.that('not as text too', !JSON.stringify(newestMessage(afterPaper)).includes(word));
    checks.equal(
      'the picture went with the message it belongs to',
      pastMessages(afterPaper).map((message) => message.images?.length ?? 0),
      [0, 1],
    );
    checks.equal('the answer came', run.result?.result, 'Seen and read.');
    await checkCleanRun(checks, { stage, model, run }, { turns: 3 });
  },
};

/** The same paper for a model that takes no documents. */
export const pdfAsText = {
  name: 'pdf-as-text',
  title: 'Read on a PDF: a model that takes no documents gets its text',

  async play(stage, checks) {
    const { word, paper } = await files(stage.workFolder);
    const model = new ScriptedModel([
      { after: [], say: () => call('tooluse_paper', 'Read', { file_path: paper.path }) },
      { after: ['tooluse_paper'], first: [NO_DOCUMENTS], say: () => say('Read.') },
    ]);
    const run = await read(stage, model);

    const [, refused, asText] = model.mainTurns;
    checks.equal('the model refused a document', attached(refused, 'documents'), [['pdf', paper.bytes]]);
    checks.equal('it was asked again without', newestMessage(asText).documents, undefined);
    checks.that('but with its text', JSON.stringify(newestMessage(asText)).includes(word));
    checks.equal('upstream was asked three times', model.mainTurns.length, 3);
    checks.equal('Claude Code did not notice', [stage.exchanges.length, run.result?.result], [2, 'Read.']);
    checkNoRetry(checks, run);
    checkSuccess(checks, run);
    await checkNothingLeft(checks, stage);
    checkNothingOutside(checks, stage);
  },
};

async function files(folder) {
  const word = `paper-${randomBytes(6).toString('hex')}`;
  const picture = { path: join(folder, 'picture.png'), content: png(16, 16, [200, 30, 30]) };
  const paper = { path: join(folder, 'paper.pdf'), content: pdf(`The word is ${word}.`) };
  for (const { path, content } of [picture, paper]) await writeFile(path, content);
  const inBase64 = ({ path, content }) => ({ path, bytes: content.toString('base64') });
  return { word, picture: inBase64(picture), paper: inBase64(paper) };
}

async function read(stage, model) {
  stage.simulator.answer(model.respond);
  await stage.startGateway();
  await stage.listenIn();
  return stage.runClaudeCode({
    prompt: 'What is in picture.png and in paper.pdf?',
    allowedTools: ['Read'],
    environment: await stage.credentials(),
  });
}

/** Otherwise the case would show nothing. */
function checkSent(checks, exchanges) {
  const results = exchanges.map(({ body }) => body.messages.findLast(({ role }) => role === 'user')?.content[0]);
  checks.equal(
    'Claude Code sends both inside of tool results',
    results.slice(1).map((block) => block?.content?.map(({ type }) => type)),
    [['image'], ['text', 'document']],
  );
}

function attached(request, kind) {
  return newestMessage(request)[kind]?.map(({ format, source }) => [format, source.bytes]);
}
