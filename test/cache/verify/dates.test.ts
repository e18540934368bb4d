import { replaceDates } from '../../../src/cache/verify/dates.js';

test.each([
  ['orders since 2023-03-01', 'orders since 1 march 2023'],
  ['between 12/25/2023 and 14/02/2024', 'between 25 december 2023 and 14 february 2024'],
  ['on 3/3/2024', 'on 3 march 2024'],
  ['until 1.12.2025', 'until 1 december 2025'],
  ['at 6:30 PM or 7 a.m.', 'at 18:30 or 7:00'],
  ['at 12 am and 12pm', 'at 0:00 and 12:00'],
])('replaceDates rewrites: %s', (written, plain) => {
  expect(replaceDates(written)).toBe(plain);
});

test.each([
  'on 03/04/2024',
  'on 2023-13-01',
  'version 14.3.15',
  'at 13 pm',
  'I am 24/7 here',
  'which ISO format is 2023-03-01?',
  'write 6:30 PM in 24-hour notation',
])('replaceDates changes nothing in: %s', (written) => {
  expect(replaceDates(written)).toBe(written);
});
