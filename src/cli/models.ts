import { parseArgs } from 'node:util';
import type { Model, Price } from '../core/model.js';
import { EXIT } from './io.js';
import { modelsAddCommand } from './models-add.js';
import { assembleFor } from './open-desk.js';
import type { ServeContext } from './serve.js';
import { formatTable } from './table.js';

const MODELS_HELP = `Usage: suffice models [options]
       suffice models add VENDOR/NAME --anchors   measure how strong a model is (see add --help)

Lists the models that this configuration serves, with prices in US dollars per million tokens.

  -a, --all           list every model in the catalog, whether or not you have its provider
  -c, --config FILE   the configuration (default: ./suffice.yaml if it exists, else the environment)
  -h, --help          show this help
`;

/** `suffice models`. */
export async function modelsCommand(
  args: readonly string[],
  context: ServeContext,
): Promise<number> {
  if (args[0] === 'add') return modelsAddCommand(args.slice(1), context);
  const { values } = parseArgs({
    args: [...args],
    options: {
      all: { type: 'boolean', short: 'a', default: false },
      config: { type: 'string', short: 'c' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    context.io.out(MODELS_HELP);
    return EXIT.ok;
  }
  const rows = values.all
    ? [...(await context.shipped.cache.catalog(context.shipped.catalog)).models.values()].map(
        (model) =>
          rowOf(
            model,
            model.hosts[0]?.price ?? null,
            model.hosts.map(({ provider }) => provider),
          ),
      )
    : await servedRows(values.config ?? null, context);
  context.io.out(
    `${formatTable(
      [
        { title: 'MODEL', align: 'left' },
        { title: 'INPUT', align: 'right' },
        { title: 'OUTPUT', align: 'right' },
        { title: 'CONTEXT', align: 'right' },
        { title: 'RUNS AT', align: 'left' },
        { title: 'CAN', align: 'left' },
      ],
      rows,
    )}\n`,
  );
  return EXIT.ok;
}

async function servedRows(
  config: string | null,
  context: ServeContext,
): Promise<readonly (readonly string[])[]> {
  const { setup } = await assembleFor(config, context);
  return [...setup.served.values()].map(({ model, upstreams }) =>
    rowOf(
      model,
      upstreams[0].price,
      upstreams.map(({ provider }) => provider),
    ),
  );
}

function rowOf(model: Model, price: Price | null, places: readonly string[]): readonly string[] {
  return [
    model.id,
    rate(price?.input ?? null),
    rate(price?.output ?? null),
    model.contextWindow === null ? '?' : String(model.contextWindow),
    places.join(', '),
    [...model.capabilities].join(', '),
  ];
}

function rate(dollars: number | null): string {
  return dollars === null ? '?' : `$${dollars}`;
}
