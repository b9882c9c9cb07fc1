/** Every item of a list, page after page. */

interface Page<Item> {
  data: readonly Item[];
  nextCursor: string | null;
}

/** A page, or why there is none. */
export type Asked<Item> = Promise<{ data?: Page<Item> | undefined; error?: unknown }>;

/**
 * Walks a list to its end: `eachOf((cursor) => getTransactions({ query: { cursor } }))`. A page is
 * asked for when its first item is wanted. Throws what the API answered instead of a page.
 */
export async function* eachOf<Item>(
  page: (cursor: string | undefined) => Asked<Item>,
): AsyncGenerator<Item, void, undefined> {
  for (let cursor: string | undefined; ;) {
    const { data, error } = await page(cursor);
    if (data === undefined) throw new Error('a page of the list was refused', { cause: error });
    yield* data.data;
    if (data.nextCursor === null) return;
    cursor = data.nextCursor;
  }
}
