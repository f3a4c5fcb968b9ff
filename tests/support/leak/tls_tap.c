/* SPDX-License-Identifier: MPL-2.0
 *
 * Loaded before the server (LD_PRELOAD) in the demonstration only: writes down what the server reads and writes inside TLS, so that
 * the leak search sees what an operator with a debugger would see. Files: $ABRI_TLS_TAP-….
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* One file a connection and direction, since what a client sends is masked frame by frame: PATH-<connection>.in and .out. */
static void note(const void* ssl, const char* direction, const void* bytes, size_t size) {
  char name[512];
  const char* path = getenv("ABRI_TLS_TAP");
  if (path == NULL || size == 0) return;
  snprintf(name, sizeof name, "%s-%p.%s", path, ssl, direction);
  const int file = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || write(file, bytes, size) < 0) abort();
  close(file);
}

int SSL_read(void* ssl, void* buffer, int size) {
  static int (*real)(void*, void*, int);
  if (real == NULL) real = (int (*)(void*, void*, int))dlsym(RTLD_NEXT, "SSL_read");
  const int got = real(ssl, buffer, size);
  if (got > 0) note(ssl, "in", buffer, (size_t)got);
  return got;
}

int SSL_write(void* ssl, const void* buffer, int size) {
  static int (*real)(void*, const void*, int);
  if (real == NULL) real = (int (*)(void*, const void*, int))dlsym(RTLD_NEXT, "SSL_write");
  const int put = real(ssl, buffer, size);
  if (put > 0) note(ssl, "out", buffer, (size_t)put);
  return put;
}

int SSL_read_ex(void* ssl, void* buffer, size_t size, size_t* got) {
  static int (*real)(void*, void*, size_t, size_t*);
  if (real == NULL) real = (int (*)(void*, void*, size_t, size_t*))dlsym(RTLD_NEXT, "SSL_read_ex");
  const int ok = real(ssl, buffer, size, got);
  if (ok == 1) note(ssl, "in", buffer, *got);
  return ok;
}

int SSL_write_ex(void* ssl, const void* buffer, size_t size, size_t* put) {
  static int (*real)(void*, const void*, size_t, size_t*);
  if (real == NULL) real = (int (*)(void*, const void*, size_t, size_t*))dlsym(RTLD_NEXT, "SSL_write_ex");
  const int ok = real(ssl, buffer, size, put);
  if (ok == 1) note(ssl, "out", buffer, *put);
  return ok;
}
