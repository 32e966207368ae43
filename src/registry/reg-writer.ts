/** Another name of format-reg.ts. */
export { formatHive, formatReg } from './format-reg.ts';
