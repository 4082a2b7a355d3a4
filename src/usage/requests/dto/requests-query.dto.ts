import { IntersectionType } from '@nestjs/swagger';
import { PageQueryDto } from '../../../auth/input/dto/page-query.dto.js';
import { RequestFilterDto } from './request-filter.dto.js';

/** A page of the requests that are asked for. */
export class RequestsQueryDto extends IntersectionType(PageQueryDto, RequestFilterDto) {}
