/**
 * Waits for a condition by asking again and again, never by sleeping a fixed time; throws with the
 * last error when the deadline passes.
 */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  { withinMs = 40_000, everyMs = 25 }: { withinMs?: number; everyMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + withinMs;
  let lastError: unknown;
  while (Date.now() < deadline) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`the condition did not become true within ${withinMs} ms`, { cause: lastError });
}
