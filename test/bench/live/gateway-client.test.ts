import { GatewayClient } from '../../../src/bench/live/gateway-client.js';
import { startApp } from '../../support/app.js';

test("GatewayClient bypasses the gateway's cache", async () => {
  const app = await startApp(
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\ncache: { mode: exact }\n',
  );
  try {
    const gateway = new GatewayClient(app.url, null);
    const messages = [{ role: 'user', content: 'What is the capital of France?' }];
    const ask = { model: 'simulation/nano', messages, tools: null, maxTokens: 1024 };

    await gateway.ask(ask);
    const { costUsd } = await gateway.ask(ask);

    expect(costUsd).toBeGreaterThan(0);
  } finally {
    await app.close();
  }
});
