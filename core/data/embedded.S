// SPDX-License-Identifier: MPL-2.0
// The bytes of the tables, between two symbols each. Read by core/src/cases/communes.cpp.

        .section .rodata

#define EMBED(name, file)                 \
        .global abri_data_##name##_begin; \
        .hidden abri_data_##name##_begin; \
        .global abri_data_##name##_end;   \
        .hidden abri_data_##name##_end;   \
abri_data_##name##_begin:                 \
        .incbin file;                     \
abri_data_##name##_end:                   \
        .byte 0

        EMBED(communes, ABRI_COMMUNES)
        EMBED(epci, ABRI_EPCI)

        .section .note.GNU-stack, "", %progbits
