/* global __dirname */
'use strict';

/** Where these files lie: known to a CommonJS file whether it is loaded from the sources or from the build. */
exports.folder = __dirname;
