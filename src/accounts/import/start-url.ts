/** Where a Builder ID signs in; files that name no place mean the same (amazon-q.md §9.1, §9.6). */
const BUILDER_ID = 'https://view.awsapps.com/start';

/** A start URL without what browsers leave behind it; undefined for Builder ID. */
export function identityCenterUrl(startUrl: string | undefined): string | undefined {
  const plain = startUrl?.replace(/[#/]+$/, '');
  return plain === undefined || plain === BUILDER_ID ? undefined : plain;
}
