"""The libraries of others inside Qt's own files, for the modules that ship (Core, Gui, Widgets, Svg).

Names, licences and holders as Qt's own attribution files give them; where Qt's wheel does not tell
the version, none is stated.
"""

from __future__ import annotations

INSIDE_QT = (
    ("BLAKE2", "CC0-1.0 OR Apache-2.0", "Copyright 2012, Samuel Neves"),
    ("D3D12 Memory Allocator", "MIT", "Copyright (c) 2019-2026 Advanced Micro Devices, Inc."),
    ("double-conversion", "BSD-3-Clause", "Copyright 2006-2012, the V8 project authors"),
    ("Easing equations", "BSD-3-Clause", "Copyright (c) 2001 Robert Penner"),
    ("Emoji Segmenter", "Apache-2.0", "Copyright 2019 Google LLC"),
    ("forkfd", "MIT", "Copyright (C) 2016 Intel Corporation; Copyright (C) 2015 Klarälvdalens Datakonsult AB"),
    ("FreeBSD strtoll and strtoull", "BSD-3-Clause",
     "Copyright (c) 1992, 1993 The Regents of the University of California; "
     "Copyright (c) 2011 The FreeBSD Foundation"),
    ("FreeType", "FTL OR GPL-2.0-only",
     "Copyright 1996-2025 by David Turner, Robert Wilhelm, and Werner Lemberg; "
     "Copyright (C) 2000-2002 Francesco Zappa Nardelli"),
    ("HarfBuzz", "MIT",
     "Copyright (C) 2010-2022 Google, Inc.; 2015-2020 Ebrahim Byagowi; 2019, 2020 Facebook, Inc.; "
     "2012, 2015 Mozilla Foundation; 2011 Codethink Limited; 2008, 2010 Nokia Corporation; "
     "2009 Keith Stribley; 2011 Martin Hosken and SIL International; 2007 Chris Wilson; "
     "2005-2023 Behdad Esfahbod; 2004-2023 Red Hat, Inc.; 1998-2005 David Turner and Werner Lemberg; "
     "2016 Igalia S.L.; 2022 Matthias Clasen; 2018, 2021 Khaled Hosny; 2018-2020 Adobe, Inc; "
     "2013-2015 Alexei Podtelezhnikov"),
    ("IAccessible2 IDL", "BSD-3-Clause",
     "Copyright (c) 2000, 2006 Sun Microsystems, Inc.; 2006 IBM Corporation; 2007-2013 Linux Foundation"),
    ("ICU", "Unicode-3.0", "Copyright (C) 2016-2025 Unicode, Inc."),
    ("libjpeg-turbo", "IJG AND BSD-3-Clause AND Zlib",
     "Copyright (C) 1991-2020 Thomas G. Lane, Guido Vollbeding; (C) 2009-2024 D. R. Commander; "
     "(C) 2015 Viktor Szathmáry"),
    ("libpng", "Libpng AND libpng-2.0",
     "Copyright (c) 1995-2026 The PNG Reference Library Authors; 2000-2026 Cosmin Truta; "
     "1998-2018 Glenn Randers-Pehrson; 1996-1997 Andreas Dilger; 1995-1996 Guy Eric Schalnat, Group 42, Inc."),
    ("libtiff", "libtiff", "Copyright (C) 1988-1997 Sam Leffler; 1991-1997 Silicon Graphics, Inc."),
    ("libwebp", "BSD-3-Clause", "Copyright (c) 2010, Google Inc."),
    ("MD4C", "MIT", "Copyright (C) 2016-2024 Martin Mitáš"),
    ("MD4 and MD5", "LicenseRef-Public-Domain", "Alexander Peslyak; Colin Plumb; given to the public"),
    ("PCRE2", "BSD-3-Clause WITH PCRE2-exception",
     "Copyright (c) 1997-2007 University of Cambridge; 2007-2024 Philip Hazel; 2010-2024 Zoltan Herczeg"),
    ("PCRE2 sljit", "BSD-2-Clause", "Copyright Zoltan Herczeg"),
    ("Pixman", "MIT", "Copyright (C) 2009 Nokia Corporation"),
    ("SHA-1", "LicenseRef-Public-Domain", "Dominik Reichl; given to the public"),
    ("SHA-2", "BSD-3-Clause", "Copyright (c) 2011 IETF Trust and the persons identified as authors of the code"),
    ("SHA-3", "CC0-1.0", "Ronny Van Keer; the Keccak team"),
    ("SipHash", "CC0-1.0", "Copyright (C) 2012-2021 Jean-Philippe Aumasson; 2012-2014 Daniel J. Bernstein"),
    ("TinyCBOR", "MIT", "Copyright (C) 2015-2021 Intel Corporation"),
    ("Unicode character data and CLDR", "Unicode-3.0", "Copyright (C) 1991-2025 Unicode, Inc."),
    ("Vulkan Memory Allocator", "MIT", "Copyright (c) 2017-2026 Advanced Micro Devices, Inc."),
    ("Wayland protocols", "MIT",
     "Copyright (C) 2008-2013 Kristian Høgsberg, Intel Corporation; 2010-2013 Rafael Antognolli"),
    ("XCB XInput", "MIT",
     "Copyright (C) 2001-2006 Bart Massey, Jamey Sharp, and Josh Triplett; 2006 Peter Hutterer; "
     "2013 Daniel Martin"),
    ("zlib", "Zlib", "(C) 1995-2024 Jean-loup Gailly and Mark Adler"),
)  # fmt: skip
"""Name, SPDX licence, holders."""
