import type { JsonObject } from '../json.js';
import type { ItemStatus, OutputItem, ItemSlot } from './output-item.js';
import { inputOf, type ClientTool } from './tools.js';

/** The output item of a call of one of the client's tools. */
export class CallItem implements OutputItem {
  readonly #place: ItemSlot;
  readonly #callId: string;
  readonly #own: ClientTool;
  #arguments = '';

  constructor(place: ItemSlot, callId: string, own: ClientTool) {
    this.#place = place;
    this.#callId = callId;
    this.#own = own;
    place.added(this.#written('in_progress', ''));
  }

  /** Whether the arguments are complete, as far as can be told. */
  get isWhole(): boolean {
    // Called whenever an item begins, so most incomplete arguments are ruled out cheaply.
    if (!this.#arguments.endsWith('}')) return false;
    try {
      JSON.parse(this.#arguments);
      return true;
    } catch {
      // Incomplete.
      return false;
    }
  }

  add(text: string): void {
    this.#arguments += text;
    // A custom tool's input is inside the arguments, so it can be emitted only when they are complete.
    if (this.#own.kind === 'custom') return;
    this.#place.emit('response.function_call_arguments.delta', { delta: text });
  }

  close(status: ItemStatus): JsonObject {
    // Clients parse the arguments, and an empty string is not JSON.
    const isEmpty = this.#arguments.trim() === '';
    if (isEmpty) this.add('{}');
    const item =
      this.#own.kind === 'custom' ? this.#closeCustom(status) : this.#closeFunction(status);
    this.#place.done(item);
    return item;
  }

  #closeFunction(status: ItemStatus): JsonObject {
    const { name } = this.#own;
    const done = { name, arguments: this.#arguments };
    this.#place.emit('response.function_call_arguments.done', done);
    return this.#written(status, this.#arguments);
  }

  #closeCustom(status: ItemStatus): JsonObject {
    const input = inputOf(this.#arguments);
    this.#place.emit('response.custom_tool_call_input.delta', { delta: input });
    this.#place.emit('response.custom_tool_call_input.done', { input });
    return this.#written(status, input);
  }

  #written(status: ItemStatus, text: string): JsonObject {
    const { kind, name, namespace } = this.#own;
    const isCustom = kind === 'custom';
    return {
      id: this.#place.id,
      type: isCustom ? 'custom_tool_call' : 'function_call',
      status,
      call_id: this.#callId,
      ...(namespace !== null && { namespace }),
      name,
      ...(isCustom ? { input: text } : { arguments: text }),
    };
  }
}
