import type { Cancel } from "@fairlead/runtime";
import koffi from "koffi";

/**
 * Runs `drain` when the socket `fd` has something to read or an error to tell, until cancelled; cancel before closing
 * the descriptor. `drain` must read until there is nothing left, or it runs again. Keeps the process alive meanwhile.
 *
 * The descriptor is watched by Node's own event loop, so no thread and no hand-over lies between a frame and `drain`.
 */
export function onReadable(fd: number, drain: () => void): Cancel {
  let open = true;
  let due = false;
  const watch = () => poll.start({ readable: true }, wake);
  // The poll callback runs outside of Node's callback scope: promises settled and errors thrown there would get lost.
  const wake = (): void => {
    if (due) return;
    due = true;
    poll.stop();
    setImmediate(run);
  };
  const run = (): void => {
    due = false;
    if (!open) return;
    try {
      drain();
    } finally {
      // libuv gives up a descriptor after an error such as ENETDOWN, which draining has just cleared.
      if (open) watch();
    }
  };
  const poll = koffi.node.poll(fd, { readable: true }, wake);
  return () => {
    if (!open) return;
    open = false;
    poll.close();
  };
}
