/** Every screen in the light, on a phone and on a desk. */
import { judgeScreens } from './support/every-screen.ts';

judgeScreens('light', 'en');
