import { post, startApp } from '../support/app.js';
import { answers, FakeUpstream } from '../support/fake-upstream.js';
import { eventsIn } from '../support/translated.js';

test('a client of legacy completions is answered by a model of chat, whole and streamed', async () => {
  const upstream = await FakeUpstream.start();
  upstream.always(answers('upon a time.'));
  const gateway = await startApp(`
router: { predictor: heuristic }
providers: { acme: { base_url: "${upstream.baseUrl}", api_key: sk, models: [small] } }`);
  const ask = (more: object) =>
    post(`${gateway.url}/v1/completions`, { model: 'acme/small', prompt: 'Once', ...more });

  const whole = await ask({});
  const streamed = await ask({ stream: true, stream_options: { include_usage: true } });
  const lossy = await ask({ suffix: 'The end.' });
  const faulty = await ask({ prompt: [1] });
  const got = await fetch(`${gateway.url}/v1/completions`);
  await gateway.close();
  await upstream.close();

  expect(whole.json).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'upon a time.', finish_reason: 'stop' }],
  });
  const said = eventsIn(streamed.text).flatMap(
    ({ choices }) => (choices as { text: string }[])[0]?.text ?? [],
  );
  expect(said.join('')).toBe('upon a time.');
  expect(lossy.headers.get('x-suffice-dropped')).toBe('suffix');
  expect(faulty).toMatchObject({ status: 400, json: { error: { param: 'prompt' } } });
  expect(got.status).toBe(405);
});
