import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import { checkMedia } from '../../core/messages/content/check-media.js';
import { type DocumentInput, findMedia, type Media, type MediaBlock } from '../../core/messages/content/find-media.js';
import { invalidContent } from '../../core/messages/content/invalid-content.js';
import { replaceMedia } from '../../core/messages/content/replace-media.js';
import type { MessagesRequest } from '../../core/messages/vocabulary.js';
import { Configuration } from '../../platform/config/configuration.js';
import { abortable } from './abortable.js';
import { DocumentRefusals } from './document-refusals.service.js';
import { UrlFetcher } from './fetch/url-fetcher.service.js';
import type { PdfOutcome } from './pdf/pdf-job.js';
import { PdfReader } from './pdf/pdf-reader.service.js';

/** For all documents of one request. */
const READING_MS = 30_000;

/** Images and documents of a request, before it goes upstream. */
@Injectable()
export class Content {
  constructor(
    private readonly configuration: Configuration,
    private readonly urls: UrlFetcher,
    private readonly pdfs: PdfReader,
    private readonly refusals: DocumentRefusals,
  ) {}

  /**
   * Checks what a request carries and fetches what it points to. The request itself when nothing is to be fetched, else
   * a cold Observable of it: unsubscribing ends the downloads.
   * @throws GatewayError `invalid_request` naming the block; `overloaded` (through the Observable where there is one)
   */
  prepare(request: MessagesRequest): MessagesRequest | Observable<MessagesRequest> {
    const media = findMedia(request.messages);
    if (media.length === 0) return request;
    checkMedia(media);
    const remote = media.find(({ block }) => block.source.type === 'url');
    if (!remote) return request;
    if (!this.configuration.settings.FETCH_URL_SOURCES) {
      throw invalidContent(
        `${remote.path}.type`,
        'URLs are not fetched by this gateway: send the file as base64, or have FETCH_URL_SOURCES set to true',
      );
    }
    return abortable(async (signal) => {
      const replacements = await this.urls.fetch(media, signal);
      return { ...request, messages: replaceMedia(request.messages, replacements) };
    });
  }

  /** Upstream said that a model takes no documents; remembered for an hour. */
  documentsRefused(modelId: string): void {
    this.refusals.note(modelId);
  }

  /** Whether a request has documents that its model is known to refuse, so that it needn't be refused first. */
  needsText(request: MessagesRequest, modelId: string): boolean {
    return this.refusals.has(modelId) && findMedia(request.messages).some(isPdf);
  }

  /**
   * For a model that takes no documents: the text of its PDFs instead, title and context kept, in the same places.
   * @throws GatewayError `invalid_request` for a document without any text; `overloaded`; `unavailable`
   */
  async documentsAsText(request: MessagesRequest, signal?: AbortSignal): Promise<MessagesRequest> {
    const replacements = new Map<MediaBlock, MediaBlock>();
    const deadline = AbortSignal.timeout(READING_MS);
    const either = signal ? AbortSignal.any([signal, deadline]) : deadline;
    // One after the other, so that a request with many documents leaves room for others.
    for (const { block, path } of findMedia(request.messages)) {
      if (block.type !== 'document' || block.source.type !== 'base64') continue;
      const outcome = await this.pdfs.read(block.source.data, either).catch((error): PdfOutcome => {
        if (error instanceof GatewayError || !deadline.aborted) throw error;
        return { kind: 'too-costly' };
      });
      replacements.set(block, asText(block, outcome, `${path}.base64.data`));
    }
    if (replacements.size === 0) return request;
    return { ...request, messages: replaceMedia(request.messages, replacements) };
  }
}

function isPdf({ block }: Media): boolean {
  return block.type === 'document' && block.source.type === 'base64';
}

function asText(block: DocumentInput, outcome: PdfOutcome, at: string): DocumentInput {
  switch (outcome.kind) {
    case 'text':
      return { ...block, source: { type: 'text', media_type: 'text/plain', data: textOf(outcome) } };
    case 'no-text':
      throw invalidContent(at, 'the document has no text that could be extracted, and the model takes no documents');
    case 'too-costly':
      throw invalidContent(
        at,
        'the document takes too much time or memory to extract its text, and the model takes no documents',
      );
  }
}

/** A text that was cut says so: nothing is lost in silence. */
function textOf({ text, isWhole, pages, pagesRead }: Extract<PdfOutcome, { kind: 'text' }>): string {
  return isWhole ? text : `${text}\n\n[The document is cut off here, on page ${pagesRead} of ${pages}.]`;
}
