import { z } from 'zod';
import type { RemoteGateway } from './remote-gateway.js';

const PAGE = 200;

/**
 * Every item of a list of the admin API, page after page.
 * @param path such as `/v2/accounts`
 */
export async function readPages<Item>(gateway: RemoteGateway, path: string, item: z.ZodType<Item>): Promise<Item[]> {
  const page = z.object({ data: z.array(item), nextCursor: z.string().nullable() });
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { data, nextCursor } = await gateway.askJson(page, `${path}?limit=${PAGE}${after}`);
    items.push(...data);
    cursor = nextCursor;
  }
  return items;
}
