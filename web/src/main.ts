import './trusted-types.ts';
import icons from '@nuxt/ui/runtime/vue/plugins/icons.js';
import { VueQueryPlugin } from '@tanstack/vue-query';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n, setLanguage } from './i18n.ts';
import { queryClient } from './query-client.ts';
import { router } from './router.ts';
import { usePreferences } from './session/usePreferences.ts';
import './styles.css';

const app = createApp(App).use(createPinia());
await setLanguage(usePreferences().chosen.locale);
app.use(icons).use(VueQueryPlugin, { queryClient }).use(i18n).use(router).mount('#app');
