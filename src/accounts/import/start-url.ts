/** Where a Builder ID signs in; files that name no place mean the same (amazon-q.md §9.1, §9.6). */
const BUILDER_ID = 'https://view.awsapps.com/start';

/** A start URL without what browsers leave behind it; undefined for Builder ID. */
export function identityCenterUrl(startUrl: string | undefined): string | undefined {
  if (startUrl === undefined) return undefined;
  let end = startUrl.length;
  while (end > 0 && '#/'.includes(startUrl.charAt(end - 1))) end--;
  const plain = startUrl.slice(0, end);
  return plain === BUILDER_ID ? undefined : plain;
}
