/* See storage.h. */

#include <limits.h>
#include <sys/stat.h>

#include "xsAll.h"
#include "host.h"
#include "storage.h"

char* storage_path(const char* name, const char* extension)
{
	char* path;
	if (!options.storage)
		return NULL;
	if (mkdir(options.storage, 0777) && errno != EEXIST)
		host_fail("cannot create the storage directory '%s': %s", options.storage, strerror(errno));
	path = malloc(strlen(options.storage) + strlen(name) + strlen(extension) + 3);
	sprintf(path, "%s/%s.%s", options.storage, name, extension);
	return path;
}

void* storage_load(const char* path, size_t* size)
{
	FILE* file = fopen(path, "rb");
	if (!file)
		return NULL;
	fseek(file, 0, SEEK_END);
	*size = (size_t)ftell(file);
	rewind(file);
	void* bytes = malloc(*size + 1);
	if (fread(bytes, 1, *size, file) != *size)
		host_fail("cannot read '%s': %s", path, strerror(errno));
	fclose(file);
	return bytes;
}

void storage_save(const char* path, const void* bytes, size_t size)
{
	char temporary[PATH_MAX];
	snprintf(temporary, sizeof(temporary), "%s.new", path);
	FILE* file = fopen(temporary, "wb");
	if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) || rename(temporary, path))
		host_fail("cannot write '%s': %s", path, strerror(errno));
}
