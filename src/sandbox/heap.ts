/** A binary heap ordered by `at`; equal instants leave in the order in which they came. */
export class TimeHeap<Item extends { readonly at: number }> {
  readonly #items: { readonly order: number; readonly item: Item }[] = [];
  #next = 0;

  get size(): number {
    return this.#items.length;
  }

  get nextAt(): number {
    return this.#items[0]?.item.at ?? Number.POSITIVE_INFINITY;
  }

  push(item: Item): void {
    this.#items.push({ order: this.#next++, item });
    this.#up(this.#items.length - 1);
  }

  /** The earliest item, if it is due at `now`. */
  popDue(now: number): Item | undefined {
    if (this.nextAt > now) return undefined;
    const first = this.#items[0];
    const last = this.#items.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#items.length > 0) {
      this.#items[0] = last;
      this.#down(0);
    }
    return first.item;
  }

  #up(start: number): void {
    let child = start;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(child, parent)) return;
      this.#swap(child, parent);
      child = parent;
    }
  }

  #down(start: number): void {
    let parent = start;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let first = parent;
      if (left < this.#items.length && this.#before(left, first)) first = left;
      if (right < this.#items.length && this.#before(right, first)) first = right;
      if (first === parent) return;
      this.#swap(parent, first);
      parent = first;
    }
  }

  #before(left: number, right: number): boolean {
    const a = this.#items[left];
    const b = this.#items[right];
    if (a === undefined || b === undefined) return false;
    return a.item.at < b.item.at || (a.item.at === b.item.at && a.order < b.order);
  }

  #swap(left: number, right: number): void {
    const a = this.#items[left];
    const b = this.#items[right];
    if (a === undefined || b === undefined) return;
    this.#items[left] = b;
    this.#items[right] = a;
  }
}
