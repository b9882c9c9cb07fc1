import { useQuery } from '@tanstack/vue-query';
import { computed, onScopeDispose, ref, watch, type Ref } from 'vue';
import type { PaymentLink } from '../../../api/payment-links/schema.ts';
import { useDeed } from '../payments/useDeed.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { open } from '../request.ts';

/** Payment links, newest first, and what can be done with them. */
export function useLinks() {
  const list = usePagedList<PaymentLink>(
    ['links', 'list'],
    computed(() => '/v1/payment-links'),
    { query: ref({}) },
  );
  const deed = useDeed<PaymentLink>(['links']);
  return {
    ...list,
    deed,
    create: (json: object) => deed.perform('/v1/payment-links', json),
    close: (id: string) => deed.perform(`/v1/payment-links/${id}/close`),
  };
}

/** The QR code of a link as an address for an image; null until it is there. */
export function useQr(linkId: Ref<string | null>) {
  const query = useQuery({
    queryKey: ['links', 'qr', linkId],
    queryFn: async ({ signal }) => {
      const path = `/v1/payment-links/${linkId.value}/qr`;
      return (await open(path, { headers: { Accept: 'image/png' }, signal })).blob();
    },
    enabled: () => linkId.value !== null,
  });
  const address = ref<string | null>(null);
  const release = () => {
    if (address.value !== null) URL.revokeObjectURL(address.value);
    address.value = null;
  };
  watch(query.data, (blob) => {
    release();
    if (blob !== undefined) address.value = URL.createObjectURL(blob);
  });
  onScopeDispose(release);
  return { address, hasFailed: query.isError };
}
