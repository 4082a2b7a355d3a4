/** A data URL taken apart. */
export interface DataUrl {
  /** In lower case, without parameters; empty where it says none. */
  mediaType: string;
  isBase64: boolean;
  data: string;
}

const SCHEME = 'data:';
/** Far more than a type and its parameters need. */
const LONGEST_HEADER = 1_000;

/** Undefined for what is no data URL. Looks at the beginning only: what follows may be megabytes. */
export function parseDataUrl(url: string): DataUrl | undefined {
  if (url.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return undefined;
  const comma = url.slice(0, LONGEST_HEADER).indexOf(',');
  if (comma < 0) return { mediaType: '', isBase64: false, data: '' };
  const [mediaType = '', ...parameters] = url.slice(SCHEME.length, comma).toLowerCase().split(';');
  const isBase64 = parameters.some((parameter) => parameter.trim() === 'base64');
  return { mediaType: mediaType.trim(), isBase64, data: url.slice(comma + 1) };
}
