/** Lets one waiter pass per opening; an opening that nobody waits for is kept for the next. */
export class Gate {
  #isOpen = false;
  #wake: (() => void) | undefined;

  open(): void {
    this.#isOpen = true;
    this.#wake?.();
  }

  async passed(): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#isOpen = false;
    this.#wake = undefined;
  }
}
