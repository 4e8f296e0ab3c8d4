import { StringDecoder } from "node:string_decoder";
import type { Dispatcher } from "undici";
import { type ApiAnswer, isSuccess } from "./api-answer.ts";

/** Takes one answer. Answers are short and many: a stream for each would cost more than all the rest. */
export class AnswerReceiver implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: ApiAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #decoder = new StringDecoder("utf8");
  #status = 0;
  #text = "";

  constructor(
    resolve: (answer: ApiAnswer) => void,
    reject: (error: Error) => void,
    onLine: ((line: string) => void) | undefined,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onLine = onLine;
  }

  // Called before the request is sent; undici wants it to be there.
  onRequestStart(): void {}

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#text += this.#decoder.write(chunk);
    if (this.#onLine === undefined || !isSuccess(this.#status)) return;
    const lines = this.#text.split("\n");
    this.#text = lines.pop() ?? "";
    try {
      for (const line of lines) this.#onLine(line);
    } catch (error) {
      controller.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  onResponseEnd(): void {
    this.#resolve({ status: this.#status, body: this.#text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}
