/** The customers' phones: one open prompt each, answered by a rule, a person, or nobody. */
import { customerOf } from './book/payments.ts';
import type { Entry, Organisation, PhoneAction } from './terms.ts';
import type { OpenPrompt, World } from './world.ts';

interface Asked {
  entry: Entry;
  /** The phone asked, where it is not the payer's of the entry. */
  msisdn?: string;
  organisation: Organisation;
  /** Ends the payment with a result code; "0" means that the payer agreed. */
  end: (code: string) => Promise<void>;
  /** The result code that a rule wants when the payer agrees. */
  wanted?: string | undefined;
}

const mostWrongPins = 3;

/** Shows the prompt; it lapses by itself when nobody answers. */
export function openPrompt(world: World, asked: Asked): OpenPrompt {
  const { entry, organisation, end, wanted } = asked;
  const msisdn = asked.msisdn ?? entry.msisdn ?? '';
  let isOpen = true;
  const finish = async (code: string): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    cancel();
    world.prompts.delete(msisdn);
    await end(code);
  };
  const cancel = world.clock.after(world.settings.promptMs, () => finish('1037'));
  const prompt: OpenPrompt = {
    msisdn,
    shortcode: entry.shortcode,
    organisationName: organisation.name,
    amountCents: entry.amountCents,
    accountReference: entry.accountReference,
    checkoutRequestId: entry.checkoutRequestId ?? '',
    shownAt: world.clock.now(),
    answer: async (action) => {
      if (action === 'ask' || action === 'ignore') return;
      await finish(codeOf(world, { msisdn, action, wanted }));
    },
  };
  world.prompts.set(msisdn, prompt);
  return prompt;
}

function codeOf(
  world: World,
  { msisdn, action, wanted }: { msisdn: string; action: PhoneAction; wanted: string | undefined },
): string {
  if (action === 'cancel') return '1032';
  const customer = customerOf(world, msisdn);
  if (customer === undefined) return 'SFC_IC0003';
  if (customer.pinFailures >= mostWrongPins) return '8006';
  if (action === 'wrong-pin') {
    customer.pinFailures += 1;
    return '2001';
  }
  customer.pinFailures = 0;
  return wanted ?? '0';
}
