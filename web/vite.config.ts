/**
 * Builds the dashboard into `web/dist`; in development it proxies the API. Components and icons are
 * imported by name and bundled: the page fetches nothing but its own files and `/v1`.
 */
import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { bundledIcons } from './icons.ts';

const gateway = 'http://localhost:9000';

/**
 * The library pales a button under the pointer to three quarters of its colour, too little to read
 * on. Classes stand here in full, because the styles are generated from what is found in the text.
 */
const underPointer = [
  ['primary', 'solid', 'hover:bg-primary/90 active:bg-primary/90'],
  ['warning', 'solid', 'hover:bg-warning/90 active:bg-warning/90'],
  ['error', 'solid', 'hover:bg-error/90 active:bg-error/90'],
  ['primary', 'link', 'hover:text-primary/90 active:text-primary/90'],
  ['error', 'link', 'hover:text-error/90 active:text-error/90'],
] as const;

/** A finger needs more room than a pointer; in full again, so that the styles are generated. */
const underFinger = 'pointer-coarse:min-h-11 pointer-coarse:min-w-11';
const squareUnderFinger = 'pointer-coarse:justify-center';
const itemUnderFinger = 'pointer-coarse:min-h-11 pointer-coarse:items-center';

export default defineConfig({
  plugins: [
    vue(),
    ui({
      autoImport: false,
      components: false,
      dts: false,
      colorMode: false,
      // Only the styles of components that templates really use are generated.
      experimental: { componentDetection: true },
      icon: { clientBundle: { icons: bundledIcons } },
      ui: {
        colors: { primary: 'leaf', secondary: 'leaf', neutral: 'stone' },
        button: {
          slots: { base: underFinger },
          variants: { square: { true: squareUnderFinger } },
          compoundVariants: underPointer.map(([color, variant, classes]) => ({
            ...{ color, variant },
            class: classes,
          })),
        },
        dropdownMenu: { slots: { item: itemUnderFinger } },
        selectMenu: { slots: { base: underFinger, item: itemUnderFinger } },
        commandPalette: { slots: { item: itemUnderFinger } },
      },
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: { port: 3000, proxy: { '/v1': gateway, '/docs': gateway, '/openapi.json': gateway } },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
