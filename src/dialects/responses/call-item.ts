import type { JsonObject } from '../json.js';
import type { ItemStatus, OutputItem, Place } from './output-item.js';
import { inputOf, type OwnName } from './tools.js';

/** A call of one of the client's tools. */
export class CallItem implements OutputItem {
  readonly #place: Place;
  readonly #callId: string;
  readonly #own: OwnName;
  #arguments = '';

  constructor(place: Place, callId: string, own: OwnName) {
    this.#place = place;
    this.#callId = callId;
    this.#own = own;
    place.added(this.#written('in_progress', ''));
  }

  /** The arguments are all there, as far as that can be told. */
  get isWhole(): boolean {
    // Asked whenever something begins: most that are not whole can be told at a glance.
    if (!this.#arguments.endsWith('}')) return false;
    try {
      JSON.parse(this.#arguments);
      return true;
    } catch {
      // Not complete yet: that is the question.
      return false;
    }
  }

  add(text: string): void {
    this.#arguments += text;
    // A custom tool's input stands inside of the arguments: it can be told when they are complete.
    if (this.#own.kind === 'custom') return;
    this.#place.emit('response.function_call_arguments.delta', { delta: text });
  }

  close(status: ItemStatus): JsonObject {
    // Clients parse the arguments, and nothing is no JSON.
    const isBare = this.#arguments.trim() === '';
    if (isBare) this.add('{}');
    const item =
      this.#own.kind === 'custom' ? this.#closeCustom(status) : this.#closeFunction(status);
    this.#place.done(item);
    return item;
  }

  #closeFunction(status: ItemStatus): JsonObject {
    const { name } = this.#own;
    const told = { name, arguments: this.#arguments };
    this.#place.emit('response.function_call_arguments.done', told);
    return this.#written(status, this.#arguments);
  }

  #closeCustom(status: ItemStatus): JsonObject {
    const input = inputOf(this.#arguments);
    this.#place.emit('response.custom_tool_call_input.delta', { delta: input });
    this.#place.emit('response.custom_tool_call_input.done', { input });
    return this.#written(status, input);
  }

  #written(status: ItemStatus, said: string): JsonObject {
    const { kind, name, namespace } = this.#own;
    const isCustom = kind === 'custom';
    return {
      id: this.#place.id,
      type: isCustom ? 'custom_tool_call' : 'function_call',
      status,
      call_id: this.#callId,
      ...(namespace !== null && { namespace }),
      name,
      ...(isCustom ? { input: said } : { arguments: said }),
    };
  }
}
