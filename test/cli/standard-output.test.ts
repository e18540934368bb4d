import { outputFailure } from '../../src/cli/io.js';

test.each([
  { of: 'EPIPE: broken pipe, write', code: 0, message: '' },
  {
    of: 'ENOSPC: no space left on device, write',
    code: 1,
    message: 'suffice: standard output cannot be written: ENOSPC: no space left on device, write\n',
  },
])('a command whose output fails with $of exits with code $code', ({ of, code, message }) => {
  const error = Object.assign(new Error(of), { code: of.split(':')[0] });

  expect(outputFailure(error)).toEqual({ code, message });
});
