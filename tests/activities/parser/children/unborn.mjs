// Cannot even start.
import './nowhere-to-be-found.mjs';
