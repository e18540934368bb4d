import type { Provider } from './provider.js';

/** OpenRouter's names of providers that have other names here. */
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
 * Whether one of the names means a provider: its own name, its kind if no other provider here has that name, or
 * OpenRouter's name.
 *
 * `deepinfra/turbo` counts as `deepinfra`, and `Google AI Studio` as `google-ai-studio`.
 *
 * @param providers - by name
 */
export function isNamed(
  { name: providerName, kind }: Pick<Provider, 'name' | 'kind'>,
  names: readonly string[],
  providers: ReadonlyMap<string, unknown>,
): boolean {
  return names.some((name) => {
    const slug = (name.split('/')[0] ?? '').trim().toLowerCase().replace(/\s+/gu, '-');
    if (slug === providerName || (slug === kind && !providers.has(kind))) return true;
    return Object.hasOwn(OTHER_NAMES, slug) && OTHER_NAMES[slug]?.includes(kind) === true;
  });
}
