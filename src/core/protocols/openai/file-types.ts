/** Types beside `text/…` that are text. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  'application/ecmascript',
  'application/graphql',
  'application/javascript',
  'application/json',
  'application/jsonl',
  'application/ndjson',
  'application/sql',
  'application/toml',
  'application/typescript',
  'application/x-httpd-php',
  'application/x-javascript',
  'application/x-ndjson',
  'application/x-sh',
  'application/x-tex',
  'application/x-yaml',
  'application/xml',
  'application/yaml',
  'message/rfc822',
]);
const TEXT_SUFFIX = /\+(json|xml|yaml)$/;

/** Endings of files that hold text, as editors know them. */
const TEXT_ENDINGS: ReadonlySet<string> = new Set(
  `txt text md markdown mdx rst adoc tex log csv tsv json jsonl ndjson json5 yaml yml toml ini cfg conf env properties
  xml html htm xhtml svg css scss sass less js mjs cjs jsx ts mts cts tsx vue svelte py pyi rb php java kt kts groovy
  scala clj ex exs erl hs ml fs cs vb c h cc cpp cxx hpp hh m mm swift go rs zig d dart lua pl pm r jl sql graphql gql
  proto tf hcl sh bash zsh fish ps1 bat cmd awk sed diff patch srt vtt ics eml dockerfile makefile cmake gradle lock readme license
  gitignore`.split(/\s+/),
);
const OTHER_ENDINGS: ReadonlyMap<string, string> = new Map([
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
]);

export function isTextType(mediaType: string): boolean {
  return mediaType.startsWith('text/') || TEXT_TYPES.has(mediaType) || TEXT_SUFFIX.test(mediaType);
}

/** The type that a file's name tells, by its ending; undefined where it tells none that is known. */
export function typeOfFilename(filename: string): string | undefined {
  const ending = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return TEXT_ENDINGS.has(ending) ? 'text/plain' : OTHER_ENDINGS.get(ending);
}
