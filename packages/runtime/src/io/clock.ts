import type { Clock } from "../ports.ts";

/** The process's own clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delay, action) => {
    // A timer takes a millisecond at least. (One that does not keep the process alive would wait for input first.)
    if (delay <= 0) {
      const turn = setImmediate(action);
      return () => clearImmediate(turn);
    }
    const timer = setTimeout(action, delay).unref();
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
