/** Every screen in the dark and in Kiswahili, on a phone and on a desk. */
import { judgeScreens } from './support/every-screen.ts';

judgeScreens('dark', 'sw');
