/** Where events go that somebody follows live, and when that ends. */

export interface StoredEvent {
  seq: number;
  type: string;
  data: unknown;
}

export interface Feed {
  isOpen(): boolean;
  /** Resolves when more may be sent. */
  send(events: readonly StoredEvent[]): Promise<void>;
  /** Shows that somebody is still here, and finds out whether the other side is. */
  beat(): void;
  end(why: 'finished' | 'access-over'): void;
  onClosed(work: () => void): void;
}
