import type { Provider } from './provider.js';

/** What OpenRouter calls providers, where the names here are others. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'google-ai-studio': ['google'],
  'google-vertex': ['vertex', 'vertex-anthropic'],
  'amazon-bedrock': ['bedrock', 'bedrock-mantle'],
  azure: ['azure-deployments'],
  'x-ai': ['xai'],
  moonshotai: ['moonshot'],
  'z-ai': ['zai'],
};

/**
 * Whether a client means a provider by one of the names that it writes: the provider's own, that of its kind where no
 * other provider here has it, or OpenRouter's.
 *
 * `deepinfra/turbo` is a form of `deepinfra`, and `Google AI Studio` another spelling.
 *
 * @param providers - by name
 */
export function isNamed(
  { name: own, kind }: Pick<Provider, 'name' | 'kind'>,
  names: readonly string[],
  providers: ReadonlyMap<string, unknown>,
): boolean {
  return names.some((name) => {
    const slug = (name.split('/')[0] ?? '').trim().toLowerCase().replace(/\s+/gu, '-');
    if (slug === own || (slug === kind && !providers.has(kind))) return true;
    return Object.hasOwn(OTHER_NAMES, slug) && OTHER_NAMES[slug]?.includes(kind) === true;
  });
}
