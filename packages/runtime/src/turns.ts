/** Runs actions one after another: those of one key in the order in which they were asked for, whatever became of earlier ones. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * @param key - what the action is about; those of different keys do not wait for each other.
   * @returns what the action returns. @throws what the action throws.
   */
  run<T>(action: () => Promise<T>, key = ""): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(action, action);
    this.#last.set(key, turn);
    const done = () => {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    turn.then(done, done);
    return turn;
  }
}
