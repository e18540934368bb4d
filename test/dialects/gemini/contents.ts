/** Contents of Gemini requests. */

export const user = (...parts: object[]) => ({ role: 'user', parts });
export const model = (...parts: object[]) => ({ role: 'model', parts });
export const hi = { contents: [user({ text: 'hi' })] };
