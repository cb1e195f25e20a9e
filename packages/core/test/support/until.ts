/**
 * Settles once a condition holds; the test's own time limit ends a wait in vain. Unlike `vi.waitFor` it leaves a clock that a
 * test has set where it is.
 */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
